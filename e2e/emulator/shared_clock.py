"""A state machine that waits lets time pass for everybody, at once: a rotation that takes a day and an hour takes seconds, and no wait is left out.

The time is that of the machine, and as many milliseconds ahead as the file in SHARED_CLOCK_FILE says; preload-shared-clock.js reads it.
"""
import os
import threading
import time
from email.utils import formatdate

from ministack import app
from ministack.services import stepfunctions

FILE = os.environ["SHARED_CLOCK_FILE"]
one_at_a_time = threading.Lock()


def apply():
    stepfunctions._scaled_sleep = let_pass
    # The date of every answer: an SDK whose clock differs from it takes whatever fails for a matter of clocks, and tries again and again.
    app.formatdate = lambda **options: formatdate(time.time() + milliseconds_ahead() / 1000, **options)


def let_pass(seconds):
    with one_at_a_time:
        # Whoever reads at this moment finds the old time or the new one, and never half of it.
        with open(f"{FILE}.next", "w") as clock:
            clock.write(str(milliseconds_ahead() + seconds * 1000))
        os.replace(f"{FILE}.next", FILE)


def milliseconds_ahead():
    with open(FILE) as clock:
        return float(clock.read())
