"""Stands in for the desktop's unlock prompt (org.gnome.keyring.SystemPrompter).

`silent`: takes the question and lets it wait for ever, like a prompt that nobody looks at.
`dismiss`: answers every question with "cancel".
`unlock MILLISECONDS PASSWORD`: types the password when that time has passed.
Prints each call, one a line. Needs Debian's python3-dbus and python3-gi; /usr/bin/python3 has them, another python may not.
"""
import base64
import ctypes
import hashlib
import hmac
import os
import re
import sys

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
from gi.repository import GLib

mode = sys.argv[1]
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()

# RFC 3526, group 5.
PRIME = int(
    'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD'
    'EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED'
    'EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F'
    '83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF', 16)


def encrypt(key, iv, text):
    """AES-128-CBC; libgcrypt is there because gnome-keyring is linked with it."""
    gcrypt = ctypes.CDLL('libgcrypt.so.20')
    gcrypt.gcry_check_version(None)
    handle = ctypes.c_void_p()
    gcrypt.gcry_cipher_open(ctypes.byref(handle), 7, 3, 0)
    gcrypt.gcry_cipher_setkey(handle, key, len(key))
    gcrypt.gcry_cipher_setiv(handle, iv, len(iv))
    missing = 16 - len(text) % 16
    padded = text + bytes([missing]) * missing
    out = ctypes.create_string_buffer(len(padded))
    gcrypt.gcry_cipher_encrypt(handle, out, len(padded), padded, len(padded))
    return out.raw


def exchange_with(password, theirs):
    """How gcr hands a password over: "sx-aes-1", Diffie-Hellman and then AES with what HKDF makes of it."""
    peer = int.from_bytes(base64.b64decode(re.search(r'public=(\S+)', theirs)[1]), 'big')
    private = int.from_bytes(os.urandom(64), 'big')
    shared = pow(peer, private, PRIME).to_bytes(192, 'big')
    prk = hmac.new(bytes(32), shared, hashlib.sha256).digest()
    key = hmac.new(prk, b'\x01', hashlib.sha256).digest()[:16]
    iv = os.urandom(16)
    public = pow(2, private, PRIME).to_bytes(192, 'big')
    lines = {'public': public, 'secret': encrypt(key, iv, password.encode()), 'iv': iv}
    return '[sx-aes-1]\n' + ''.join(f'{name}={base64.b64encode(value).decode()}\n' for name, value in lines.items())


def answer(message, reply, exchange=''):
    callback = message.get_args_list()[0]
    ready = dbus.lowlevel.MethodCallMessage(
        message.get_sender(), callback, 'org.gnome.keyring.internal.Prompter.Callback', 'PromptReady')
    ready.append(reply, dbus.Dictionary({}, signature='sv'), exchange, signature='sa{sv}s')
    bus.send_message(ready)


def type_password(message):
    answer(message, 'yes', exchange_with(sys.argv[3], message.get_args_list()[3]))


def on_message(connection, message):
    if message.get_interface() != 'org.gnome.keyring.internal.Prompter':
        return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
    connection.send_message(dbus.lowlevel.MethodReturnMessage(message))
    member = message.get_member()
    print(member, flush=True)
    if mode != 'silent' and member == 'BeginPrompting':
        answer(message, '')
    if mode == 'dismiss' and member == 'PerformPrompt':
        answer(message, 'no')
    if mode == 'unlock' and member == 'PerformPrompt':
        GLib.timeout_add(int(sys.argv[2]), type_password, message)
    return dbus.lowlevel.HANDLER_RESULT_HANDLED


bus.add_message_filter(on_message)
bus.request_name('org.gnome.keyring.SystemPrompter')
print('ready', flush=True)
GLib.MainLoop().run()
