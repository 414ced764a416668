//! Around the grade: where a student stands, hints, and help for the shell. Nothing here judges.
