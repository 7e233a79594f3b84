"""jsonapi-client, which maps resources to objects and follows links."""

from jsonapi_client import Modifier, Session
from jsonapi_client.exceptions import DocumentError
from task import TASK, download, filters, settled, sign_in

# What a new export is made of; the client takes the rest of an answer as it comes.
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
        # A session remembers what it saw: whoever wants to see something new opens another.
        with session() as fresh:
            return [it.id for it in fresh.iterate("cdr-exports", Modifier(query))]

    with session() as fresh:
        accounts = [it.id for it in fresh.iterate("accounts") if it.name == TASK["account"]]
        assert len(accounts) == 1, accounts
    before = listed()

    with session(SCHEMA) as fresh:
        wish = {"filters": filters(), "time-format": "with_timezone", "account": accounts[0]}
        made = fresh.create_and_commit("cdr-exports", wish)
        own, address = made.id, str(made.links.self)
        assert made.relationships.account.fetch()[0].name == TASK["account"]

    def show():
        with session() as fresh:
            found = fresh.get("cdr-exports", own).resource
            return {"status": found.status, "rows": found["rows-count"], "account": found.relationships.account.fetch()[0].id}

    done = settled(show, lambda it: it["status"])
    assert done == {"status": "Completed", "rows": TASK["rows"], "account": accounts[0]}, done

    # One to a page: the client turns the pages by their links.
    after = listed("page[size]=1")
    assert after[0] == own and sorted(after) == sorted([*before, own]), after
    assert own in listed("filter[status_eq]=Completed&include=account")

    download(address, token)

    # What is wrong is understood.
    try:
        listed("filter[status_eq]=test")
    except DocumentError as fault:
        assert fault.response.status_code == 400, fault
        assert fault.response.json()["errors"][0]["code"] == "107", fault
    else:
        raise AssertionError("a filter that is none was taken")


main()
