"""Stands in for the desktop's unlock prompt (org.gnome.keyring.SystemPrompter) and never unlocks.

`silent`: takes the question and lets it wait for ever, like a prompt that nobody looks at.
`dismiss`: answers every question with "cancel".
Needs Debian's python3-dbus and python3-gi; /usr/bin/python3 has them, another python may not.
"""
import sys

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
from gi.repository import GLib

mode = sys.argv[1]
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()


def on_message(connection, message):
    if message.get_interface() != 'org.gnome.keyring.internal.Prompter':
        return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
    connection.send_message(dbus.lowlevel.MethodReturnMessage(message))
    print(message.get_member(), flush=True)
    if mode == 'dismiss' and message.get_member() in ('BeginPrompting', 'PerformPrompt'):
        reply = '' if message.get_member() == 'BeginPrompting' else 'no'
        callback = message.get_args_list()[0]
        ready = dbus.lowlevel.MethodCallMessage(
            message.get_sender(), callback, 'org.gnome.keyring.internal.Prompter.Callback', 'PromptReady')
        ready.append(reply, dbus.Dictionary({}, signature='sv'), '', signature='sa{sv}s')
        connection.send_message(ready)
    return dbus.lowlevel.HANDLER_RESULT_HANDLED


bus.add_message_filter(on_message)
bus.request_name('org.gnome.keyring.SystemPrompter')
print('ready', flush=True)
GLib.MainLoop().run()
