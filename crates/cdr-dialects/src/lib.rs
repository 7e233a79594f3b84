//! The reading APIs of other systems, over mediation.
