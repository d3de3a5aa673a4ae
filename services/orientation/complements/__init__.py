"""The thread between partner and sender before the answer: typed questions, and what is replied."""
