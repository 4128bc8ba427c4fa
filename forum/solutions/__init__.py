"""How a question gets solved: acceptance, recommendation, closing, and the help state that follows from them."""
