"""How it gets there, and the proof that it did: pastes, documents, evidence."""
