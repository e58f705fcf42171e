-- What is there is not shown, only that something is.
CREATE FUNCTION mask_text(value STRING)
RETURNS STRING
COMMENT 'Hides a text'
RETURN CASE WHEN value IS NULL THEN NULL ELSE '***' END;
