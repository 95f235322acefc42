"""What botocore takes from files: reads file names as lines, answers each with a line of JSON.

The answer has the keys of every profile of that shared credentials file.
"""

import json
import os
import sys

import botocore.session


def read(file):
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = file
    os.environ["AWS_CONFIG_FILE"] = os.devnull
    profiles = {}
    for name in botocore.session.Session().available_profiles:
        credentials = botocore.session.Session(profile=name).get_credentials()
        profiles[name] = credentials and [credentials.access_key, credentials.secret_key, credentials.token]
    return profiles


for line in sys.stdin:
    print(json.dumps(read(line.rstrip("\n"))), flush=True)
