"""jsonapi-requests, on which Yeti's own SDK is built; it ends every path with a slash."""

import jsonapi_requests
from jsonapi_requests.orm import ApiModel, AttributeField, OrmApi, RelationField
from requests.auth import AuthBase
from task import TASK, download, filters, settled, sign_in


class Token(AuthBase):
    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = self.token
        return request


TOKEN = sign_in()
API = OrmApi.config({"API_ROOT": TASK["url"], "AUTH": Token(TOKEN), "TIMEOUT": 60, "RETRIES": 1})


class Account(ApiModel):
    class Meta:
        type = "accounts"
        api = API

    name = AttributeField("name")


class CdrExport(ApiModel):
    class Meta:
        type = "cdr-exports"
        api = API

    filters = AttributeField("filters")
    status = AttributeField("status")
    rows_count = AttributeField("rows-count")
    account = RelationField("account")


def main():
    accounts = Account.get_list(params={"filter[name_eq]": TASK["account"]})
    assert [it.name for it in accounts] == [TASK["account"]], accounts
    before = {it.id for it in CdrExport.get_list(params={"page[size]": 1000})}

    export = CdrExport()
    export.filters = filters()
    export.account = accounts[0]
    export.save()
    assert export.status in ("Pending", "Completed"), export.status

    def show():
        export.refresh()
        return export

    done = settled(show, lambda it: it.status)
    assert done.status == "Completed", done.status
    assert done.rows_count == TASK["rows"], done.rows_count

    listed = CdrExport.get_list(params={"sort": "-created-at", "include": "account"})
    assert {it.id for it in listed} == before | {done.id}, listed
    assert listed[0].id == done.id and listed[0].account.name == TASK["account"], listed[0]

    try:
        CdrExport.from_id("00000000-0000-4000-8000-000000000000").refresh()
        raise AssertionError("an export was found that was never created")
    except jsonapi_requests.request_factory.ApiClientError as fault:
        assert fault.status_code == 404, fault.status_code

    download(done.links["self"], TOKEN)


main()
