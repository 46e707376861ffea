//! The phone's Bluetooth, from btleplug down, against simulated locks and hubs on a private bus.

#[cfg(test)]
mod adapter;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod links;
#[cfg(test)]
mod scans;
#[cfg(test)]
mod street;
