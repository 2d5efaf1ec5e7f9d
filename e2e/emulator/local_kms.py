"""Replaces KMS, and the keys and aliases of CloudFormation, by the local KMS of this package at LOCAL_KMS_ENDPOINT."""
import asyncio
import json
import os
import urllib.error
import urllib.request

from ministack.core.responses import get_account_id, get_region
from ministack.services import kms
from ministack.services.cloudformation import provisioners

FAULT = "KMS does not implement ReEncrypt, and CloudFormation creates keys without a call to KMS"

ENDPOINT = os.environ["LOCAL_KMS_ENDPOINT"]
CALL_TIMEOUT_SECONDS = 30
# The CDK CLI passes this role of its bootstrap stack to CloudFormation, which makes its calls as this role.
CLOUD_FORMATION_ROLE = "cdk-hnb659fds-cfn-exec-role-"
# Headers of one connection. The other connection has its own.
CONNECTION_HEADERS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}


def is_needed():
    status, _, body = asyncio.run(kms.handle_request("POST", "/", {"x-amz-target": "TrentService.ReEncrypt"}, b"{}", {}))
    return status == 400 and b"Unknown action" in body


def apply():
    kms.handle_request = forward
    provisioners._RESOURCE_HANDLERS["AWS::KMS::Key"] = {"create": create_key, "update": update_key, "delete": delete_key}
    provisioners._RESOURCE_HANDLERS["AWS::KMS::Alias"] = {"create": create_alias, "update": update_alias, "delete": delete_alias}


def call(headers, body):
    """Sends one request to the local KMS. Returns status, headers and body of the response, whatever its status."""
    request = urllib.request.Request(ENDPOINT, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=CALL_TIMEOUT_SECONDS) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


async def forward(method, path, headers, body, query_params):
    """Replaces the KMS of the emulator: forwards every request to the local KMS, and returns its response."""
    status, response_headers, text = await asyncio.to_thread(call, without_connection(headers), body)
    return status, without_connection(response_headers), text


def without_connection(headers):
    return {name: value for name, value in headers.items() if name.lower() not in CONNECTION_HEADERS}


def call_for_stack(operation, **request):
    """Sends a call of CloudFormation, in the Region of the stack that is being deployed."""
    scope = f"{cloud_formation_key(get_account_id())}/20260101/{get_region()}/kms/aws4_request"
    status, _, text = call({
        "x-amz-target": f"TrentService.{operation}",
        "content-type": "application/x-amz-json-1.1",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none",
    }, json.dumps(request).encode())
    response = json.loads(text or b"{}")
    if status != 200:
        raise ValueError(f"{response.get('__type')}: {response.get('message')} (AWS KMS {operation})")
    return response


def cloud_formation_key(account):
    """The access key of CloudFormation in an account."""
    return f"cloudformation-{account}"


def create_key(logical_id, props, stack_name):
    request = {
        "Description": props.get("Description"),
        "KeySpec": props.get("KeySpec"),
        "KeyUsage": props.get("KeyUsage"),
        "MultiRegion": is_true(props.get("MultiRegion")),
        "Origin": props.get("Origin"),
        "Policy": policy_of(props),
        "Tags": tags_of(props),
    }
    metadata = call_for_stack("CreateKey", **{name: value for name, value in request.items() if value is not None})["KeyMetadata"]
    if is_true(props.get("EnableKeyRotation")):
        set_rotation(metadata["KeyId"], props)
    return key_and_attributes(metadata)


def update_key(key_id, old_props, new_props, stack_name):
    for immutable in ("KeySpec", "KeyUsage", "MultiRegion", "Origin"):
        if old_props.get(immutable) != new_props.get(immutable):
            raise ValueError(f"AWS::KMS::Key {key_id}: {immutable} cannot be changed")
    if policy_of(old_props) != policy_of(new_props):
        call_for_stack("PutKeyPolicy", KeyId=key_id, PolicyName="default", Policy=policy_of(new_props))
    if old_props.get("Description") != new_props.get("Description"):
        call_for_stack("UpdateKeyDescription", KeyId=key_id, Description=new_props.get("Description", ""))
    if any(old_props.get(name) != new_props.get(name) for name in ("EnableKeyRotation", "RotationPeriodInDays")):
        set_rotation(key_id, new_props)
    tags = tags_of(new_props)
    removed = {tag["TagKey"] for tag in tags_of(old_props)} - {tag["TagKey"] for tag in tags}
    if removed:
        call_for_stack("UntagResource", KeyId=key_id, TagKeys=sorted(removed))
    if tags:
        call_for_stack("TagResource", KeyId=key_id, Tags=tags)
    return key_and_attributes(call_for_stack("DescribeKey", KeyId=key_id)["KeyMetadata"])


def delete_key(key_id, props):
    call_for_stack("ScheduleKeyDeletion", KeyId=key_id, PendingWindowInDays=int(props.get("PendingWindowInDays", 30)))


def create_alias(logical_id, props, stack_name):
    call_for_stack("CreateAlias", AliasName=props["AliasName"], TargetKeyId=props["TargetKeyId"])
    return props["AliasName"], {}


def update_alias(alias_name, old_props, new_props, stack_name):
    # Another name is another resource. CloudFormation deletes the old alias at the end of the update.
    if alias_name != new_props["AliasName"]:
        return create_alias(None, new_props, stack_name)
    call_for_stack("UpdateAlias", AliasName=alias_name, TargetKeyId=new_props["TargetKeyId"])
    return alias_name, {}


def delete_alias(alias_name, props):
    call_for_stack("DeleteAlias", AliasName=alias_name)


def key_and_attributes(metadata):
    return metadata["KeyId"], {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]}


def set_rotation(key_id, props):
    if is_true(props.get("EnableKeyRotation")):
        call_for_stack("EnableKeyRotation", KeyId=key_id, RotationPeriodInDays=int(props.get("RotationPeriodInDays", 365)))
    else:
        call_for_stack("DisableKeyRotation", KeyId=key_id)


def policy_of(props):
    policy = props.get("KeyPolicy")
    return policy if policy is None or isinstance(policy, str) else json.dumps(policy)


def tags_of(props):
    # Tags that CloudFormation adds. Only AWS may set them.
    return [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in props.get("Tags") or [] if not tag["Key"].startswith("aws:")]


def is_true(value):
    return str(value).lower() == "true"
