"""A Wait state of a state machine advances the shared clock instead of waiting.

A rotation of 25 hours ends within seconds, and no wait is skipped or shortened in the state machine. The clock is
that of the machine plus the number of milliseconds in SHARED_CLOCK_FILE, which preload-shared-clock.js reads.
"""
import datetime
import os
import threading
import time
from email.utils import formatdate
from types import SimpleNamespace

from ministack import app
from ministack.core import sigv4
from ministack.services import stepfunctions

FILE = os.environ["SHARED_CLOCK_FILE"]
lock = threading.Lock()


def apply():
    stepfunctions._scaled_sleep = advance
    # The Date header. If it differs from its own clock, an AWS SDK retries every failed call as an error of the clock.
    app.formatdate = lambda **options: formatdate(time.time() + milliseconds_ahead() / 1000, **options)
    # A signature has the time of its signer.
    sigv4.dt = SimpleNamespace(**{**vars(datetime), "datetime": SharedDatetime})


class SharedDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(milliseconds=milliseconds_ahead())


def advance(seconds):
    with lock:
        # A concurrent reader gets the old number or the new one, and never a part of it.
        with open(f"{FILE}.next", "w") as clock:
            clock.write(str(milliseconds_ahead() + seconds * 1000))
        os.replace(f"{FILE}.next", FILE)


def milliseconds_ahead():
    with open(FILE) as clock:
        return float(clock.read())
