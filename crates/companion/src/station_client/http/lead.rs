//! What only a lead asks, over HTTP.

use futures_util::FutureExt as _;
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use terskel_api::path;
use terskel_api::permission::{GivenPermission, HomeAccess, NewPermission};
use terskel_api::team::{OwnTeam, TeamPhones};
use terskel_api::withdrawal::{TakenAway, Withdrawals};
use terskel_model::{PermissionId, PhoneId, ResidentId};

use super::{Answer, Credential, HttpStation, WHOLE, json};
use crate::station_client::LeadStation;

impl HttpStation {
    fn of(&self, method: Method, path: &str, id: &impl ToString) -> RequestBuilder {
        self.request(method, &path.replace("{id}", &id.to_string()))
    }

    fn answer<'a, T: DeserializeOwned + Send + 'a>(
        &'a self,
        credential: &'a Credential,
        request: RequestBuilder,
    ) -> Answer<'a, T> {
        let request = request.timeout(WHOLE);
        async move { json(self.prove(credential, request).await?).await }.boxed()
    }
}

impl LeadStation for HttpStation {
    fn team<'a>(&'a self, credential: &'a Credential) -> Answer<'a, OwnTeam> {
        self.answer(credential, self.request(Method::GET, path::TEAM))
    }

    fn team_phones<'a>(&'a self, credential: &'a Credential) -> Answer<'a, TeamPhones> {
        self.answer(credential, self.request(Method::GET, path::PHONES))
    }

    fn home_access<'a>(&'a self, credential: &'a Credential, resident: ResidentId) -> Answer<'a, HomeAccess> {
        self.answer(credential, self.of(Method::GET, path::HOME_ACCESS, &resident))
    }

    fn give<'a>(&'a self, credential: &'a Credential, body: NewPermission) -> Answer<'a, GivenPermission> {
        self.answer(credential, self.request(Method::POST, path::PERMISSIONS).json(&body))
    }

    fn take_away<'a>(&'a self, credential: &'a Credential, id: PermissionId) -> Answer<'a, TakenAway> {
        self.answer(credential, self.of(Method::DELETE, path::PERMISSION, &id))
    }

    fn report_lost<'a>(&'a self, credential: &'a Credential, phone: PhoneId) -> Answer<'a, Withdrawals> {
        self.answer(credential, self.of(Method::POST, path::PHONE_LOSS, &phone))
    }

    fn withdrawals<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Withdrawals> {
        self.answer(credential, self.request(Method::GET, path::WITHDRAWALS))
    }
}
