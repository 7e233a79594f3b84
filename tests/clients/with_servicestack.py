"""servicestack, the Python client of the framework that the original was built with.

The task is the script's one argument, as JSON: `url` of the server, `licence`, `customer`, the bounds `from` and `until`, and
how many `rows` there are.
"""

import json
import sys
from dataclasses import dataclass

from servicestack import IReturn, JsonServiceClient, WebServiceException

TASK = json.loads(sys.argv[1])


@dataclass
class PortaCDR(IReturn[str]):
    """The request as its users declare it; what comes back is taken as text."""

    License: str
    ICustomer: int
    FromDate: str
    ToDate: str
    IncludeAccounts: bool = True


def request(**other):
    wanted = {
        "License": TASK["licence"],
        "ICustomer": TASK["customer"],
        "FromDate": TASK["from"],
        "ToDate": TASK["until"],
    }
    return PortaCDR(**{**wanted, **other})


def check(text):
    answer = json.loads(text)
    assert answer["TotalCalls"] == TASK["rows"], answer["TotalCalls"]
    calls = answer["DictPortaCustomerAccountCDRS"]["Voice Calls"]
    assert calls and all(call["CallType"].isdigit() for call in calls)
    assert all(call["Connect_time"].startswith("/Date(") for call in calls)


def refused(**other):
    try:
        client.get(request(**other))
    except WebServiceException as fault:
        # Of ResponseStatus this client reads names in another spelling alone.
        return fault.status_code, fault.status_description
    raise AssertionError("it was answered")


client = JsonServiceClient(TASK["url"])
client.set_base_path("")
check(client.get(request()))
check(client.post(request()))
path = "/getCustomerAccountCDRS/{licence}/{customer}/{from}/{until}/true".format(**TASK)
check(client.get_url(path, response_as=str))

# What is wrong is understood.
assert refused(License="nobody knows it") == (403, "UnauthorizedAccessException")
assert refused(ICustomer=999999) == (404, "no such customer")
