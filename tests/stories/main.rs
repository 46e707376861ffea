//! Stories of the trade, played by the real programs: what happens on a good night, and what on a bad one.

#[cfg(test)]
mod bad_doors;
#[cfg(test)]
mod called;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod good_night;
#[cfg(test)]
mod installing;
#[cfg(test)]
mod lead_phone;
#[cfg(test)]
mod networks;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod shift;
