"""Keeps the name of an error of a Lambda function, which Retry and Catch of a state machine match."""
import io
import threading
import zipfile

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc

FAULT = "every error of a function is named Runtime.HandlerError, so Retry and Catch by name never match"

WITHOUT_NAME = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
WITH_NAME = WITHOUT_NAME + ', error_name: err.name'


def is_needed():
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => { throw Object.assign(new Error('expected'), { name: 'Named' }); };")
    arn = f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:named-error"
    config = {
        "FunctionName": "named-error", "FunctionArn": arn, "Version": "$LATEST",
        "Runtime": "nodejs24.x", "Handler": "index.handler", "Timeout": 10,
    }
    response = lambda_svc._execute_function_warm({"config": config, "code_zip": code.getvalue()}, {}, "probe")
    lambda_runtime.invalidate_worker("named-error", qualifier="$LATEST")
    return response["body"]["errorType"] != "Named"


def apply():
    if WITHOUT_NAME not in lambda_runtime._NODEJS_WORKER_SCRIPT:
        raise SystemExit("ministack: its worker script has changed, so lambda_error_names.py cannot patch it; update the patch")
    lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(WITHOUT_NAME, WITH_NAME)
    last = threading.local()
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_and_record_name(self, *args, **options):
        result = invoke(self, *args, **options)
        last.error_name = result.get("error_name")
        return result

    def execute_with_name(*args):
        last.error_name = None
        response = execute(*args)
        if response.get("error") and last.error_name:
            response["body"]["errorType"] = last.error_name
        return response

    lambda_runtime.Worker.invoke = invoke_and_record_name
    lambda_svc._execute_function_warm = execute_with_name
