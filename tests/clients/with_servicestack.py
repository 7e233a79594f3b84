"""servicestack, the Python client of the framework of the original.

The only argument is the task as JSON: the `url` of the server, `licence`, `customer`, the bounds `from` and `until`, and the
expected number of `rows`.
"""

import json
import sys
from dataclasses import dataclass

from servicestack import IReturn, JsonServiceClient, WebServiceException

TASK = json.loads(sys.argv[1])


@dataclass
class PortaCDR(IReturn[str]):
    """The request as its users declare it; the response is read as text."""

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
        # This client reads only members of ResponseStatus in another spelling.
        return fault.status_code, fault.status_description
    raise AssertionError("the request was not refused")


client = JsonServiceClient(TASK["url"])
client.set_base_path("")
check(client.get(request()))
check(client.post(request()))
path = "/getCustomerAccountCDRS/{licence}/{customer}/{from}/{until}/true".format(**TASK)
check(client.get_url(path, response_as=str))

# Errors are understood.
assert refused(License="nobody knows it") == (403, "UnauthorizedAccessException")
assert refused(ICustomer=999999) == (404, "no such customer")
