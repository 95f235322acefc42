"""Somebody at a terminal: `at-a-terminal.py <steps as JSON> <command> [arguments…]`.

Runs the command with a terminal of its own as standard input, output and error. Each step is [what is waited for (a
regular expression), the keys that are pressed then]; with null in their place the terminal is closed. Prints one line
of JSON: the exit code, the signal, all that the terminal showed, and the step that didn't come, if one didn't.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE_SECONDS = 30


def read_once(terminal, seconds):
    """What is there by then; None at the end."""
    if not select.select([terminal], [], [], seconds)[0]:
        return b""
    try:
        return os.read(terminal, 65536) or None
    except OSError:
        # Linux: the last process that had the other side has closed it.
        return None


def main():
    steps = json.loads(sys.argv[1])
    child, terminal = pty.fork()
    if child == 0:
        try:
            os.execvp(sys.argv[2], sys.argv[2:])
        except OSError:
            os._exit(127)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    deadline = time.monotonic() + PATIENCE_SECONDS
    shown, seen, missing = b"", 0, None
    while time.monotonic() < deadline:
        if steps:
            found = re.compile(steps[0][0].encode()).search(shown, seen)
            if found:
                seen = found.end()
                keys = steps.pop(0)[1]
                if keys is None:
                    break
                os.write(terminal, keys.encode())
                continue
        more = read_once(terminal, 0.2)
        if more is None:
            break
        shown += more
    else:
        os.kill(child, signal.SIGKILL)
    if steps:
        missing = steps[0][0]
    # Whatever still runs there is told that its terminal has gone.
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    print(
        json.dumps(
            {
                "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "signal": signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None,
                "shown": shown.decode(errors="replace"),
                "missing": missing,
            }
        )
    )


main()
