-- Who leads. Epochs never become less, so rows are never removed.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  said TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  beat INTEGER NOT NULL
) WITHOUT ROWID;
