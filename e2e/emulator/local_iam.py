"""Policies decide about every call, as in AWS.

The emulator evaluates them for every service but KMS (AUTH), and runs each function with the credentials of its role.
The local KMS gets the principal of every access key, the roles that exist, and their policies, before every call that
can need them: before each call of CloudFormation, and before each invocation of a function.
"""
import json
import os
import threading
import urllib.request

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam, lambda_svc, sts

import local_kms

ENDPOINT = os.environ["LOCAL_KMS_ENDPOINT"]
DENIED_CALLS_FILE = os.environ["DENIED_CALLS_FILE"]
lock = threading.Lock()
announced = None


def apply():
    register, execute, call = sts.register_session, lambda_svc._execute_function, local_kms.call_for_stack

    def register_and_announce(access_key, session):
        register(access_key, session)
        announce()

    def announce_and_execute(function, event):
        announce()
        return execute(function, event)

    def announce_and_call(operation, **request):
        announce()
        return call(operation, **request)

    decide = iam_evaluator.enforce

    def decide_and_record(access_key, action, service, region, resource_arn="*", service_context=None):
        denial = decide(access_key, action, service, region, resource_arn=resource_arn, service_context=service_context)
        if denial is not None:
            record(access_key, action, denial)
        return denial

    iam_evaluator.enforce = decide_and_record
    # Calls on the loopback interface need no TLS. Bucket policies require it, and AWS always has it.
    app.pin_request_origin = lambda source_ip, _: iam_evaluator.pin_request_origin(source_ip, True)
    sts.register_session = register_and_announce
    lambda_svc._execute_function = announce_and_execute
    local_kms.call_for_stack = announce_and_call


def announce():
    """Sends principals, roles and policies to the local KMS, unless it knows them."""
    global announced
    with lock:
        policies = json.dumps(known())
        if policies == announced:
            return
        request = urllib.request.Request(f"{ENDPOINT}/_local/policies", data=policies.encode(), method="PUT")
        with urllib.request.urlopen(request, timeout=local_kms.CALL_TIMEOUT_SECONDS):
            announced = policies


def record(access_key, action, denial):
    """Writes a line for a call that is refused, by the policies or for its credentials."""
    principal = getattr(denial, "principal_arn", None) or f"access key {access_key}: {denial.message}"
    with lock, open(DENIED_CALLS_FILE, "a") as denied:
        denied.write(json.dumps({"account": get_account_id(), "action": action, "principal": principal}) + "\n")


def known():
    # By account and name. The dictionary of the emulator shows only the roles of the account of a request.
    roles = {(account, name): role for (account, name), role in list(iam._roles._data.items())}
    principals = {account: f"arn:aws:iam::{account}:root" for account, _ in roles}
    for (account, name), role in roles.items():
        # The application of a scenario calls with the name of its role.
        principals[name] = role["Arn"]
        if name.startswith(local_kms.CLOUD_FORMATION_ROLE):
            principals[local_kms.cloud_formation_key(account)] = role["Arn"]
    for access_key, session in list(sts._sessions.items()):
        # arn:aws:sts::<account>:assumed-role/<role>/<session>
        parts = session["Arn"].split(":")
        role = roles.get((parts[4], parts[5].split("/")[1]))
        if role is not None:
            principals[access_key] = role["Arn"]
    return {
        "principals": principals,
        "identityPolicies": {role["Arn"]: policies_of(role, account) for (account, _), role in roles.items()},
        "uniqueIds": {role["Arn"]: role["RoleId"] for role in roles.values()},
    }


def policies_of(role, account):
    managed = (iam_evaluator._resolve_managed_policy_document(arn, account) for arn in role["AttachedPolicies"])
    documents = [*role["InlinePolicies"].values(), *(document for document in managed if document)]
    return [json.loads(document) if isinstance(document, str) else document for document in documents]
