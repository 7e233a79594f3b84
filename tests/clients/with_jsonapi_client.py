"""jsonapi-client, which maps resources to objects and follows links."""

from jsonapi_client import Modifier, Session
from jsonapi_client.exceptions import DocumentError
from task import TASK, download, filters, settled, sign_in

# The members of a new export; the client accepts any other members in a response.
SCHEMA = {
    "cdr-exports": {
        "properties": {
            "filters": {"type": "object", "properties": {key: {"type": "string"} for key in filters()}},
            "time-format": {"type": "string"},
            "account": {"relation": "to-one", "resource": ["accounts"]},
        }
    },
}


def main():
    token = sign_in()
    options = {"headers": {"Authorization": "Bearer " + token, "Accept": "application/vnd.api+json"}}

    def session(schema=None):
        return Session(TASK["url"], schema=schema, request_kwargs=options)

    def listed(query=""):
        # A session caches resources, so each list opens a new one.
        with session() as fresh:
            return [it.id for it in fresh.iterate("cdr-exports", Modifier(query))]

    with session() as fresh:
        accounts = [it.id for it in fresh.iterate("accounts") if it.name == TASK["account"]]
        assert len(accounts) == 1, accounts
    before = listed()

    with session(SCHEMA) as fresh:
        order = {"filters": filters(), "time-format": "with_timezone", "account": accounts[0]}
        created = fresh.create_and_commit("cdr-exports", order)
        own, address = created.id, str(created.links.self)
        assert created.relationships.account.fetch()[0].name == TASK["account"]

    def show():
        with session() as fresh:
            found = fresh.get("cdr-exports", own).resource
            return {"status": found.status, "rows": found["rows-count"], "account": found.relationships.account.fetch()[0].id}

    done = settled(show, lambda it: it["status"])
    assert done == {"status": "Completed", "rows": TASK["rows"], "account": accounts[0]}, done

    # One export per page: the client follows the links from page to page.
    after = listed("page[size]=1")
    assert after[0] == own and sorted(after) == sorted([*before, own]), after
    assert own in listed("filter[status_eq]=Completed&include=account")

    download(address, token)

    # Errors are understood.
    try:
        listed("filter[status_eq]=test")
    except DocumentError as fault:
        assert fault.response.status_code == 400, fault
        assert fault.response.json()["errors"][0]["code"] == "107", fault
    else:
        raise AssertionError("an invalid filter was accepted")


main()
