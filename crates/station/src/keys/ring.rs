//! Keys for the doors of one home, for one worker on one phone.

use sqlx::AnyConnection;
use terskel_api::dispatch::{Door, IssuedKey, Lock};
use terskel_api::key::DoorWithoutKey;
use terskel_model::Timestamp;
use terskel_model::door::Operation;
use terskel_model::permission::{Because, Decision, Permission, decide};

use super::issue::{Order, key_for};
use super::withheld;
use crate::app::App;
use crate::permission::{Home, Person, is_once};
use crate::problem::Failure;

/// Who wants the doors of which home, and what speaks for it.
pub(crate) struct Ring<'a> {
    pub(crate) home: &'a Home,
    pub(crate) person: &'a Person,
    pub(crate) permissions: &'a [Permission],
}

/// A key, and why it was issued.
pub(crate) struct Rung {
    pub(crate) key: IssuedKey,
    pub(crate) because: Because,
    pub(crate) once: bool,
}

impl Ring<'_> {
    /// For each lock a key that opens it as long as the worker may, and another where only that one may lock; and the doors
    /// that there should be a key for, and is none.
    pub(crate) async fn keys(
        &self,
        app: &App,
        tx: &mut AnyConnection,
    ) -> Result<(Vec<Rung>, Vec<DoorWithoutKey>), Failure> {
        let (mut keys, mut without) = (Vec::new(), Vec::new());
        for door in &self.home.doors {
            let Some(lock) = &door.lock else { continue };
            let mut covered: Vec<Operation> = Vec::new();
            for operation in [Operation::Open, Operation::Lock] {
                if covered.contains(&operation) {
                    continue;
                }
                if let Some(order) = self.order(app.now(), door, lock, operation) {
                    covered.extend(order.operations.clone());
                    let (because, once) = (order.because, order.once);
                    match key_for(order, app, tx).await? {
                        Ok(key) => keys.push(Rung { key, because, once }),
                        Err(reason) => {
                            let wanting = DoorWithoutKey { door: door.id, lock: lock.id, reason };
                            withheld::record(&wanting, self.person, because, app, tx).await?;
                            without.push(wanting);
                            break;
                        }
                    }
                }
            }
        }
        Ok((keys, without))
    }

    fn order<'o>(
        &'o self,
        now: Timestamp,
        door: &'o Door,
        lock: &'o Lock,
        operation: Operation,
    ) -> Option<Order<'o>> {
        let phone = self.person.phone?;
        match decide(self.permissions, &self.home.facts(self.person, door, operation), now) {
            // Keys count in whole seconds: what is over within this one is none.
            Decision::Granted { until, .. } if until.timestamp() <= now.timestamp() => None,
            Decision::Granted { until, operations, because } => Some(Order {
                worker: self.person.worker,
                phone,
                can: &self.person.can,
                door,
                lock,
                until,
                operations,
                because,
                once: is_once(self.permissions, because.permission),
            }),
            Decision::Denied { .. } => None,
        }
    }
}
