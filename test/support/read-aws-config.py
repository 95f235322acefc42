"""Reads AWS configurations as the AWS CLI does: a line of JSON in, one out.

In: {"files": [<base64>, …]} or {"commands": [<text>, …], "platform": "linux" | "win32"}
Out: of each file its profiles, or null where it can't be read; of each command its words, or null.
"""

import base64
import json
import sys
import tempfile

from botocore.compat import compat_shell_split
from botocore.configloader import load_config
from botocore.exceptions import ConfigParseError


def read(text):
    with tempfile.NamedTemporaryFile() as file:
        file.write(base64.b64decode(text))
        file.flush()
        try:
            return load_config(file.name)["profiles"]
        except ConfigParseError:
            return None


def split(command, platform):
    try:
        return compat_shell_split(command, platform)
    except ValueError:
        return None


for line in sys.stdin:
    asked = json.loads(line)
    if "files" in asked:
        answer = [read(text) for text in asked["files"]]
    else:
        answer = [split(command, asked["platform"]) for command in asked["commands"]]
    print(json.dumps(answer), flush=True)
