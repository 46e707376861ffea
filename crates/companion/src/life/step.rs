//! What can happen, and to whom.

use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::DoorId;
use terskel_model::door::Operation;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::world::{ManualWorld, random};
use tokio::time::{sleep, timeout};

use super::alone;
use super::street::{Street, Worker};
use crate::interface::{Intent, Outcome, Problem, VisitView};
use crate::testing::{FLAT, Mood, STAIRWELL, Weather};

/// No worker waits longer for one thing.
const PATIENCE: Duration = Duration::from_secs(180);

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    CallOut,
    CentreCloses,
    Accept(usize),
    Decline(usize),
    Door(usize, usize, bool),
    Pass(usize),
    Check(usize, bool),
    EndVisit(usize),
    GoOffline(usize, Mode),
    ComeBack(usize),
    Crash(usize),
    Reboot(usize),
    VisitHome(usize, bool),
    Emergency(usize),
    ClockJumps(usize, i64),
    Permit(usize),
    Revoke(usize),
    ShiftEnds(usize),
    SignIn(usize),
    SignOut(usize),
    TokenEnds(usize),
    Twice(usize),
    Late(usize),
    StreamBreaks(usize),
    LinkBreaks(usize, u32),
    TimePasses(u64),
    Sleep(u64),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Unreachable,
    Silent,
    Portal,
    Lossy,
    AnswersLost,
}

fn below(luck: &ManualWorld, n: u64) -> u64 {
    u64::from_be_bytes(random(luck)) % n
}

/// The more likely things stand more than once.
pub(super) fn draw(street: &Street, luck: &ManualWorld) -> Step {
    let who = usize::from(below(luck, 2) == 1);
    let pick = |n: u64| below(luck, n);
    let has_visit = street.workers[who].view().visit.is_some();
    match pick(45) {
        0..=2 => Step::CallOut,
        3 => Step::CentreCloses,
        4..=7 => Step::Accept(who),
        8 => Step::Decline(who),
        9..=14 if has_visit => Step::Door(who, usize::from(pick(2) == 1), pick(4) > 0),
        15 if has_visit => Step::Pass(who),
        16..=18 if has_visit => Step::Check(who, true),
        19 | 20 if has_visit => Step::Check(who, false),
        21 | 22 if has_visit => Step::EndVisit(who),
        23 | 24 => {
            let modes = [Mode::Unreachable, Mode::Silent, Mode::Portal, Mode::Lossy, Mode::AnswersLost];
            Step::GoOffline(who, modes[usize::try_from(pick(5)).unwrap()])
        }
        25..=27 => Step::ComeBack(who),
        28 | 29 => Step::Crash(who),
        30 => Step::ClockJumps(who, [-26, -3, -1, 1, 5, 30][usize::try_from(pick(6)).unwrap()]),
        31 => Step::Permit(who),
        32 => Step::Revoke(who),
        33 if pick(4) == 0 => Step::ShiftEnds(who),
        33 if pick(4) == 0 => Step::SignOut(who),
        34 => Step::TokenEnds(who),
        35 => Step::Twice(who),
        36 => Step::Late(who),
        37 => Step::StreamBreaks(who),
        38 if has_visit => Step::LinkBreaks(who, 1 + u32::try_from(pick(12)).unwrap()),
        40 => Step::Reboot(who),
        41..=43 if !has_visit => Step::VisitHome(who, pick(4) > 0),
        44 => Step::Emergency(who),
        39 => Step::Sleep([60, 900, 3700][usize::try_from(pick(3)).unwrap()]),
        _ if street.workers[who].view().session.is_none() => Step::SignIn(who),
        _ => Step::TimePasses(1 + pick(40)),
    }
}

pub(super) async fn take(street: &mut Street, step: Step, luck: &ManualWorld) {
    match step {
        Step::CallOut => {
            let own = |worker: &Worker| {
                worker.view().visit.as_ref().is_none_or(|visit| worker.own.contains(&visit.id))
            };
            let quiet = street.workers.iter().all(own);
            if street.closed && quiet {
                street.call_out();
            }
        }
        Step::CentreCloses if !street.closed && below(luck, 3) == 0 => street.close(),
        Step::CentreCloses => {}
        Step::Accept(who) => accept(street, who).await,
        Step::Decline(who) => decline(street, who).await,
        Step::Door(who, door, open) => operate(street, who, door, open).await,
        Step::Pass(who) => pass(street, who).await,
        Step::Check(who, arriving) => check(street, who, arriving).await,
        Step::EndVisit(who) => end_visit(street, who).await,
        Step::SignIn(who) => sign_in(street, who).await,
        Step::SignOut(who) => sign_out(street, who).await,
        Step::TimePasses(seconds) => sleep(Duration::from_secs(seconds)).await,
        Step::Sleep(seconds) => {
            let span = Duration::from_secs(seconds);
            street.workers[0].home().world.skip(span);
            let span = TimeDelta::from_std(span).unwrap();
            street.workers.iter_mut().for_each(|worker| worker.sleeps(span));
        }
        Step::ClockJumps(who, hours) => {
            street.workers[who].home().world.set_wall_clock(TimeDelta::hours(hours));
        }
        Step::Reboot(who) => street.workers[who].reboot().await,
        Step::VisitHome(who, called) => alone::visit_home(street, who, called).await,
        Step::Emergency(who) => alone::emergency(street, who).await,
        Step::Crash(who) => street.workers[who].crash().await,
        Step::ComeBack(who) => street.come_back(who),
        Step::GoOffline(who, mode) => go_offline(street, who, mode),
        _ => at_the_station(street, step),
    }
}

fn at_the_station(street: &mut Street, step: Step) {
    match step {
        Step::Permit(who) if !street.workers[who].taken_away => {
            let home = street.workers[who].home();
            home.station.permit(&home.body, false);
        }
        Step::Revoke(who) => {
            street.workers[who].home().station.take_away(WithdrawalReason::PermissionTakenAway, false);
        }
        Step::ShiftEnds(who) if street.workers[who].view().session.is_some() => {
            let worker = &mut street.workers[who];
            worker.taken_away = true;
            worker.wiped += 1;
            worker.home().station.take_away(WithdrawalReason::ShiftEnded, true);
        }
        Step::TokenEnds(who) if !street.workers[who].taken_away => {
            street.workers[who].home().station.end_token();
        }
        Step::Twice(who) => street.workers[who].home().station.say_again(0),
        Step::Late(who) => street.workers[who].home().station.say_again(1),
        Step::StreamBreaks(who) => street.workers[who].home().station.break_streams(),
        Step::LinkBreaks(who, packet) => {
            let air = &street.workers[who].home().air;
            [STAIRWELL, FLAT].into_iter().for_each(|lock| air.cut_at(lock, packet));
        }
        _ => {}
    }
}

fn go_offline(street: &mut Street, who: usize, mode: Mode) {
    street.come_back(who);
    let worker = &mut street.workers[who];
    worker.online = false;
    let station = &worker.home().station;
    match mode {
        Mode::Unreachable => station.feel(Mood::Unreachable),
        Mode::AnswersLost => station.feel(Mood::AnswersLost),
        Mode::Silent => station.sky.set(Weather::Silent),
        Mode::Portal => station.sky.set(Weather::Portal),
        Mode::Lossy => station.sky.set(Weather::Lossy(3)),
    }
}

pub(super) async fn intend(street: &Street, who: usize, intent: Intent) -> Result<Outcome, Problem> {
    let asked = format!("{intent:?}");
    let answer = timeout(PATIENCE, street.workers[who].home().intend(intent)).await;
    let answer = answer.unwrap_or_else(|_| panic!("{asked} has no end\n{}", street.story()));
    street.log(format!("    {} {asked}: {answer:?}", street.workers[who].name));
    answer
}

async fn accept(street: &mut Street, who: usize) {
    let Some(dispatch) = street.dispatch else { return };
    let before = visit_of(street, who).map(|visit| visit.id);
    let joined = before.is_some() && before == street.joined;
    let accepted = intend(street, who, Intent::Accept { dispatch }).await.is_ok();
    // The alarm comes before where the worker was going, unless that is it.
    if accepted && before.is_some_and(|visit| visit != dispatch) && !joined {
        street.workers[who].facts.push("visit_closed".into());
    }
}

async fn decline(street: &mut Street, who: usize) {
    let Some(dispatch) = street.dispatch else { return };
    if intend(street, who, Intent::Decline { dispatch, reason: "busy".into() }).await.is_ok() {
        street.workers[who].declined = Some(dispatch);
    }
}

fn visit_of(street: &Street, who: usize) -> Option<VisitView> {
    street.workers[who].view().visit.clone()
}

async fn operate(street: &mut Street, who: usize, door: usize, open: bool) {
    let Some(visit) = visit_of(street, who) else { return };
    let Some(view) = visit.doors.get(door).filter(|door| door.has_lock) else { return };
    let (dispatch, door_id): (_, DoorId) = (visit.id, view.id);
    let (key_until, asked) = (view.key_until, street.now());
    let moved = street.moved();
    let intent = match open {
        true => Intent::OpenDoor { dispatch, door: door_id },
        false => Intent::LockDoor { dispatch, door: door_id },
    };
    let operation = if open { Operation::Open } else { Operation::Lock };
    let answer = intend(street, who, intent).await;
    let moved = street.moved() - moved;
    let Ok(Outcome::Door { result }) = answer else {
        assert_eq!(moved, 0, "a bolt moved without an outcome\n{}", street.story());
        return;
    };
    street.workers[who].facts.push(format!("{operation} {}", result.outcome));
    assert!(moved <= 1, "one slide, {moved} movements\n{}", street.story());
    if result.outcome == "refused" {
        assert_eq!(moved, 0, "refused, and the bolt moved\n{}", street.story());
    }
    if moved > 0 {
        let behind = street.workers[who].behind;
        let good = key_until.is_some_and(|until| asked < until + behind);
        assert!(good, "opened with a key until {key_until:?} at {asked}\n{}", street.story());
    }
}

async fn pass(street: &mut Street, who: usize) {
    let Some(visit) = visit_of(street, who) else { return };
    let Some(door) = visit.doors.iter().find(|door| !door.has_lock) else { return };
    let intent = Intent::PassDoor { dispatch: visit.id, door: door.id, reason: "stood_open".into() };
    if intend(street, who, intent).await.is_ok() {
        street.workers[who].facts.push("door_passed".into());
    }
}

async fn check(street: &mut Street, who: usize, arriving: bool) {
    let Some(visit) = visit_of(street, who) else { return };
    let Some(hub) = visit.hub else { return };
    let (dispatch, done) = (visit.id, if arriving { hub.checked_in_at } else { hub.checked_out_at });
    if done.is_some() || (!arriving && hub.checked_in_at.is_none()) {
        return;
    }
    let intent = if arriving { Intent::CheckIn { dispatch } } else { Intent::CheckOut { dispatch } };
    if intend(street, who, intent).await.is_ok() {
        let fact = if arriving { "checked_in" } else { "checked_out" };
        street.workers[who].facts.push(fact.into());
    }
}

async fn end_visit(street: &mut Street, who: usize) {
    let Some(visit) = visit_of(street, who) else { return };
    if intend(street, who, Intent::CloseVisit { dispatch: visit.id }).await.is_ok() {
        street.workers[who].facts.push("visit_closed".into());
    }
}

pub(super) async fn sign_in(street: &mut Street, who: usize) {
    if street.workers[who].view().session.is_some() {
        return;
    }
    let intent = Intent::SignIn { staff_number: "17".into(), pin: "4711".into() };
    if intend(street, who, intent).await.is_ok() {
        let worker = &mut street.workers[who];
        (worker.taken_away, worker.misled) = (false, false);
        // As the station said it; time goes on while one signs in.
        worker.until = worker.view().session.as_ref().unwrap().ends_at;
        // All of the last shift was wiped; nothing stays but what waits to be told.
        worker.wiped += 1;
    }
}

async fn sign_out(street: &mut Street, who: usize) {
    if intend(street, who, Intent::SignOut).await.is_ok() {
        street.workers[who].wiped += 1;
        street.workers[who].until = street.now();
    }
}

impl Street {
    fn moved(&self) -> usize {
        let air = &self.workers[0].home().air;
        air.moved(STAIRWELL) + air.moved(FLAT)
    }
}
