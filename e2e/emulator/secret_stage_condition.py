"""Gives the condition key secretsmanager:VersionStage its value."""
import json

from ministack.core import iam_actions

FAULT = "a policy with a condition on secretsmanager:VersionStage allows nothing"

ACTION = "secretsmanager:UpdateSecretVersionStage"
KEY = "secretsmanager:VersionStage"


def is_needed():
    return KEY not in iam_actions.request_tag_context("secretsmanager", ACTION, b'{"VersionStage": "AWSCURRENT"}', {})


def apply():
    context_of = iam_actions.request_tag_context

    def with_stage(service, action, body, params):
        context = context_of(service, action, body, params)
        return {**context, KEY: json.loads(body).get("VersionStage")} if action == ACTION else context

    iam_actions.request_tag_context = with_stage
