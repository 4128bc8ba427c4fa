"""The catalogue as the brand feeds it: files, the API of its programs, proofs of purchase."""
