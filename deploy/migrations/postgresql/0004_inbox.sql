-- Nodes that do not lead take jobs in, and tell the leader by a document written with them.
CREATE FUNCTION say_inbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('video_doc_inbox', '');
  RETURN NULL;
END $$;

CREATE TRIGGER letter_has_come AFTER INSERT ON documents
FOR EACH ROW WHEN (NEW.kind = 'inbox') EXECUTE FUNCTION say_inbox();
