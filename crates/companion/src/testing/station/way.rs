//! The calls that a phone makes of the station of a few lines.

use terskel_api::dispatch::IssuedKey;
use terskel_api::key::DoorWithoutKey;
use terskel_model::digital_key::KeyWanting;

use super::*;

/// Both: the station itself, and the way to it.
#[derive(Clone)]
pub(crate) struct Way(pub(crate) Arc<FakeStation>);

impl Stations for Way {
    fn at(&self, _: &str) -> Result<Arc<dyn Station>, StationError> {
        Ok(Arc::new(self.clone()))
    }
}

impl Station for Way {
    fn enrol(&self, body: Enrol) -> Answer<'_, Enrolled> {
        async move {
            self.0.reachable()?;
            if body.code.expose() != "ABCD-2345" {
                return Err(problem(422, code::CODE_INVALID));
            }
            let public = PhonePublic::parse(&body.signing_key.0, &body.sealing_key.0).unwrap();
            self.0.state().public = Some(public);
            Ok(Enrolled { phone: self.0.phone, authority: self.0.told() })
        }
        .boxed()
    }

    fn authority_keys(&self) -> Answer<'_, KeySet> {
        async move {
            self.0.reachable()?;
            Ok(self.0.told())
        }
        .boxed()
    }

    fn sign_in(&self, body: SignIn) -> Answer<'_, SignedIn> {
        async move {
            self.0.reachable()?;
            let can = self.0.state().can.clone();
            if can.is_none() && body.capabilities.is_some() {
                let StationError::Problem { problem: mut unknown } = problem(422, code::INVALID) else {
                    unreachable!()
                };
                unknown.field = Some("capabilities".into());
                return Err(StationError::Problem { problem: unknown });
            }
            let public = self.0.state().public.clone().ok_or_else(|| problem(401, code::PHONE_UNKNOWN))?;
            let message = sign_in::message(body.phone, &body.staff_number, body.at, &body.nonce.0);
            public.verify(&message, &body.proof.0).map_err(|_| problem(401, code::BAD_PROOF))?;
            let now = self.0.world.true_time();
            if (now - body.at).abs() > chrono::TimeDelta::minutes(5) {
                let StationError::Problem { problem: mut off } = problem(403, code::CLOCK_OFF) else {
                    unreachable!()
                };
                off.station_time = Some(now);
                return Err(StationError::Problem { problem: off });
            }
            if body.pin.expose() != "4711" {
                return Err(problem(401, code::WRONG_PIN));
            }
            let session = SessionId::new(&*self.0.world);
            self.0.state().taken_away = None;
            let tokens = Tokens { session, generation: 1, until: now + TOKEN_LASTS };
            let pair = tokens.pair();
            self.0.state().tokens = Some(tokens);
            let ends_at = now + self.0.shift;
            let badge = badge::Badge {
                worker: self.0.on_shift(),
                phone: self.0.phone,
                signing_key: public.signing,
                issued_at: now,
                expires: ends_at,
            };
            let leads = !self.0.state().follows;
            Ok(SignedIn {
                session,
                token: pair.token,
                token_lasts_s: pair.token_lasts_s,
                refresh_token: pair.refresh_token,
                worker: self.0.on_shift(),
                worker_name: "Ada".into(),
                team: TeamId::new(&*self.0.world),
                team_name: "Nattpatrulje Vest".into(),
                leads,
                ends_at,
                badge: terskel_api::Bytes(badge::issue(&self.0.authority(), &badge).unwrap()),
                authority: self.0.told(),
                station_time: now,
                policy: self.0.policy(),
                capabilities: can,
            })
        }
        .boxed()
    }

    fn refresh<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Refreshed> {
        async move {
            self.0.reachable()?;
            // As long as an answer takes: others ask meanwhile.
            sleep(Duration::from_millis(80)).await;
            self.0.next_tokens(&credential.token)
        }
        .boxed()
    }

    fn sign_out<'a>(&'a self, credential: &'a Credential) -> Answer<'a, ()> {
        async move { self.0.check(credential) }.boxed()
    }

    fn accept<'a>(&'a self, credential: &'a Credential, dispatch: DispatchId) -> Answer<'a, Accepted> {
        async move {
            self.0.check(credential)?;
            if self.0.state().mood == Mood::AlreadyAccepted {
                return Err(problem(409, code::ALREADY_ACCEPTED));
            }
            let present = self.0.present().filter(|present| present.id == dispatch);
            let present = present.ok_or_else(|| problem(404, code::NOT_FOUND))?;
            if present.phase == terskel_model::dispatch::DispatchPhase::Closed {
                return Err(problem(409, code::CLOSED));
            }
            if !self.0.is_first(dispatch) {
                return Err(problem(409, code::ALREADY_ACCEPTED));
            }
            let now = self.0.world.true_time();
            self.0.tell(|d| {
                d.phase = terskel_model::dispatch::DispatchPhase::Accepted;
                d.mine = true;
                d.accepted_by = Some("Ada".into());
                d.accepted_at = d.accepted_at.or(Some(now));
                d.arrive_by = Some(now + Duration::from_secs(1800));
            });
            let dispatch = self.0.state().dispatch.clone().filter(|d| d.id == dispatch);
            let dispatch = dispatch.ok_or_else(|| problem(404, code::NOT_FOUND))?;
            let mut keys = self.0.keys(&dispatch, KeyBasis::Dispatch);
            let mut without = Vec::new();
            if self.0.state().mood == Mood::VendorSilent {
                let reason = KeyWanting::ServiceSilent;
                let of = |key: IssuedKey| DoorWithoutKey {
                    door: key.door,
                    lock: key.lock,
                    reason: reason.clone(),
                };
                without.extend(keys.drain(..1).map(of));
            }
            if self.0.state().mood == Mood::AnswersLost {
                return Err(StationError::NoNetwork);
            }
            Ok(Accepted { dispatch, keys, without })
        }
        .boxed()
    }

    fn decline<'a>(&'a self, credential: &'a Credential, _: DispatchId, _: Decline) -> Answer<'a, ()> {
        async move { self.0.check(credential) }.boxed()
    }

    fn send_events<'a>(&'a self, credential: &'a Credential, batch: EventBatch) -> Answer<'a, EventReceipts> {
        async move {
            self.0.check(credential)?;
            self.0.take(&batch)
        }
        .boxed()
    }

    fn send_parting(&self, batch: EventBatch) -> Answer<'_, EventReceipts> {
        async move {
            self.0.reachable()?;
            if self.0.state().taken_away.is_none() {
                return Err(problem(403, code::PHONE_UNKNOWN));
            }
            self.0.take(&batch)
        }
        .boxed()
    }

    fn keys<'a>(&'a self, credential: &'a Credential, known: String) -> Answer<'a, Option<KeyBundle>> {
        async move {
            self.0.check(credential)?;
            let bundle = self.0.bundle();
            Ok((bundle.version != known).then_some(bundle))
        }
        .boxed()
    }

    fn roster<'a>(
        &'a self,
        credential: &'a Credential,
        after: Option<String>,
    ) -> Answer<'a, Option<RosterPage>> {
        async move {
            self.0.check(credential)?;
            self.0.roster_page(after.as_deref())
        }
        .boxed()
    }

    fn install<'a>(&'a self, credential: &'a Credential, body: Installation) -> Answer<'a, ()> {
        async move {
            self.0.check(credential)?;
            self.0.install(body)
        }
        .boxed()
    }

    fn break_glass<'a>(&'a self, credential: &'a Credential, body: BreakGlass) -> Answer<'a, GlassBroken> {
        async move {
            self.0.check(credential)?;
            if body.resident_number != "R-84" {
                return Err(problem(404, code::NOT_FOUND));
            }
            let glass = self.0.state().glass.clone();
            if let (Some(home), false) = (glass, self.0.permits()) {
                self.0.prepare(&home, false);
            }
            let state = self.0.state();
            let home = state.permitted.clone().unwrap();
            Ok(GlassBroken { id: body.id, home, keys: state.shift_keys.clone(), without: Vec::new() })
        }
        .boxed()
    }

    fn withdrawal(&self, _: SessionId) -> Answer<'_, Withdrawal> {
        async move {
            self.0.reachable()?;
            if self.0.state().mood == Mood::OrdersLost {
                return Err(StationError::NoNetwork);
            }
            self.0.state().taken_away.clone().ok_or_else(|| problem(404, code::NOT_FOUND))
        }
        .boxed()
    }

    fn stream<'a>(&'a self, credential: &'a Credential, cursor: Option<String>) -> Answer<'a, ByteStream> {
        async move {
            self.0.check(credential)?;
            let mut state = self.0.state();
            state.cursors.push(cursor.clone());
            let (sender, receiver) = mpsc::unbounded_channel();
            let time = serde_json::to_string(&StreamTime { station_time: self.0.world.true_time() }).unwrap();
            let _ = sender.send(format!("event: {STREAM_TIME}\ndata: {time}\n\n").into_bytes());
            let read = cursor.and_then(|c| c.parse::<u64>().ok()).unwrap_or(0);
            if state.dispatch.is_some() && state.cursor > read {
                let _ = sender.send(state.frame());
            }
            state.streams.push(sender);
            Ok(UnboundedReceiverStream::new(receiver).map(Ok).boxed())
        }
        .boxed()
    }
}
