-- A claim that a court has sealed is shown to nobody whom the row filter holds for.
CREATE FUNCTION is_open(sealed BOOLEAN)
RETURNS BOOLEAN
COMMENT 'Whether a row may be shown'
RETURN NOT coalesce(sealed, false);
