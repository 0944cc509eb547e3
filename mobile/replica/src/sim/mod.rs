//! A seeded simulator: the real replica on a model of disk, network, clock and server, with faults.

mod scenarios;
mod server;
mod world;
