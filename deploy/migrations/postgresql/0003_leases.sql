-- Who leads. Epochs never become less, so rows are never removed.
CREATE TABLE leases (
  name text COLLATE "C" PRIMARY KEY,
  holder text NOT NULL,
  said text NOT NULL,
  epoch bigint NOT NULL,
  beat bigint NOT NULL
) WITH (fillfactor = 50);
