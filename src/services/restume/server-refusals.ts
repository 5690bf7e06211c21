import * as v from 'valibot'
import type { Asked } from '../../server/app.ts'
import { readJson } from '../../server/body.ts'
import { Refusal } from '../../server/refusal.ts'

/** What is wrong with one field of the body: "422: Request body doesn't match schema", in the form that is chosen. */
export interface FieldComplaint {
  loc: string[]
  msg: string
  type: string
}

/** "422 Validation Error … Response body contains details": one entry a field. */
class FieldRefusal extends Refusal {
  readonly detail: readonly FieldComplaint[]

  constructor(detail: readonly FieldComplaint[]) {
    super(422, 'INVALID_REQUEST', 'the body is not as documented')
    this.detail = detail
  }
}

export const wrongField = (field: string, type: string, msg: string): Refusal =>
  new FieldRefusal([{ loc: ['body', field], msg, type }])

/** The body, checked; every field that is wrong is named, and none of them repeated: what was sent may be a secret. */
export const readBody = async <Schema extends v.GenericSchema>(
  asked: Asked,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  const checked = v.safeParse(schema, await readJson(asked.req.raw, v.unknown()), { abortPipeEarly: true })
  if (checked.success) return checked.output
  throw new FieldRefusal(checked.issues.map(complaintOf))
}

const complaintOf = (issue: v.BaseIssue<unknown>): FieldComplaint => {
  const path = issue.path?.map(({ key }) => String(key)) ?? []
  const loc = ['body', ...path]
  if (path.length === 0) return { loc, msg: 'must be a JSON object', type: 'object_type' }
  if (issue.received === 'undefined') return { loc, msg: 'is required', type: 'missing' }
  return { loc, msg: issue.message, type: issue.kind === 'schema' ? 'string_type' : 'value_error' }
}

/** The body of every refusal; chosen, the pages document only the statuses. */
export const refuseByDetail = (asked: Asked, refusal: Refusal): Response =>
  asked.json({ detail: refusal instanceof FieldRefusal ? refusal.detail : refusal.message }, refusal.status)
