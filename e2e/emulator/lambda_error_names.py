"""A Lambda function's error keeps its name: state machines retry and catch by it."""
import io
import threading
import zipfile

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc

FAULT = "every error that a function throws is called Runtime.HandlerError, so Retry and Catch by name never match"

WITHOUT_NAME = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
WITH_NAME = WITHOUT_NAME + ', error_name: err.name'


def is_needed():
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => { throw Object.assign(new Error('told'), { name: 'Named' }); };")
    arn = f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:named-error"
    config = {"FunctionName": "named-error", "FunctionArn": arn, "Runtime": "nodejs24.x", "Handler": "index.handler", "Timeout": 10, "Version": "$LATEST"}
    answer = lambda_svc._execute_function_warm({"config": config, "code_zip": code.getvalue()}, {}, "probe")
    lambda_runtime.invalidate_worker("named-error", qualifier="$LATEST")
    return answer["body"]["errorType"] != "Named"


def apply():
    if WITHOUT_NAME not in lambda_runtime._NODEJS_WORKER_SCRIPT:
        raise SystemExit("ministack reports errors of functions in another way than the one that is mended here: look at lambda_error_names.py")
    lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(WITHOUT_NAME, WITH_NAME)
    answered = threading.local()
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_and_remember(self, *args, **options):
        result = invoke(self, *args, **options)
        answered.error_name = result.get("error_name")
        return result

    def execute_with_name(*args):
        answered.error_name = None
        answer = execute(*args)
        if answer.get("error") and answered.error_name:
            answer["body"]["errorType"] = answered.error_name
        return answer

    lambda_runtime.Worker.invoke = invoke_and_remember
    lambda_svc._execute_function_warm = execute_with_name
