-- Run as the owner after every migrate: what the serving role may do. Safe to run again.
\set ON_ERROR_STOP on
BEGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO midline_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO midline_app;

-- Signed words, what witnesses them, disclosures, legal holds and the audit trail are added to and read. The triggers refuse changes as well; a role that was
-- never granted them cannot switch those off.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ledger_ledgerentry, ledger_checkpoint, ledger_auditseal,
    ledger_verification, patients_disclosure, patients_legalhold, patients_holdlifted,
    retention_retentionrule, audit_event FROM midline_app;

-- Which migrations ran, and whether this database is a demo, is not the web process's to say.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations, audit_deployment FROM midline_app;
COMMIT;
