"""A process of an application that uses boto3: `boto3-caller.py <endpoint>`, one client for its life.

Reads `call` (GetCallerIdentity) and answers with a line of JSON.
"""

import json
import sys

import boto3


def call(state):
    try:
        if "client" not in state:
            state["session"] = boto3.session.Session()
            state["client"] = state["session"].client(
                "sts", endpoint_url=sys.argv[1], region_name="eu-west-1"
            )
        arn = state["client"].get_caller_identity()["Arn"]
        # Kept for what they are now: get_frozen_credentials() would fetch again.
        credentials = state["session"].get_credentials()
        expiry = getattr(credentials, "_expiry_time", None)
        return {
            "arn": arn,
            "method": credentials.method,
            "expiration": expiry and expiry.isoformat(),
        }
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


state = {}
for line in sys.stdin:
    print(json.dumps(call(state)), flush=True)
