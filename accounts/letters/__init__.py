"""The texts of letters as staff may change them: for each letter and language, with preview, trial and history."""
