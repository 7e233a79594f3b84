//! The contents of answers that are JSON:API documents.

use serde_json::Value;
use uuid::Uuid;

use crate::testing::Answer;

impl Answer {
    /// The identifiers of a list, sorted.
    pub(in crate::yeti) fn ids(&self) -> Vec<String> {
        let mut ids = self.ids_in_order();
        ids.sort();
        ids
    }

    pub(in crate::yeti) fn ids_in_order(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{self:?}");
        let data = self.json()["data"].as_array().unwrap().clone();
        data.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The numbers of the resources of a list, in their order.
    pub(in crate::yeti) fn numbers(&self) -> Vec<i64> {
        self.ids_in_order().iter().map(|id| id.parse().unwrap()).collect()
    }

    /// The details of its errors.
    pub(in crate::yeti) fn details(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| error["detail"].as_str().unwrap().to_owned()).collect()
    }

    /// Its one error: status, code, title and detail.
    pub(in crate::yeti) fn error(&self) -> (u16, String, String, String) {
        let errors = self.json()["errors"].as_array().unwrap().clone();
        let [error] = &errors[..] else { panic!("{self:?}") };
        assert_eq!(error["status"], self.status.to_string());
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (self.status, text("code"), text("title"), text("detail"))
    }

    /// Its errors: details and pointers.
    pub(in crate::yeti) fn invalid(&self) -> Vec<(String, String)> {
        assert_eq!(self.status, 422, "{self:?}");
        let errors = self.json()["errors"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(&error["detail"]), text(&error["source"]["pointer"]))).collect()
    }
}

/// Identifiers as lists have them, sorted.
pub(in crate::yeti) fn sorted(ids: &[Uuid]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    ids.sort();
    ids
}
