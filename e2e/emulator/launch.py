"""Starts ministack with the local KMS, the policies of IAM, a clock that skips waits, and patches for faults of the pinned version.

Each patch is a module that names the fault that it works around, and checks whether this version still has it.
"""
import sys

import lambda_error_names
import local_iam
import local_kms
import secret_stage_condition
import shared_clock
from ministack.app import main

PATCHES = (local_kms, lambda_error_names, secret_stage_condition)

for patch in PATCHES:
    if not patch.is_needed():
        sys.exit(f"{patch.__name__}.py is not needed: this version of ministack no longer has the fault '{patch.FAULT}'; remove the patch")
for patch in PATCHES:
    patch.apply()
local_iam.apply()
shared_clock.apply()

main()
