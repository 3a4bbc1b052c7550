"""What makes a claim checkable by someone who trusts nobody here: crypto suites, commitments, Merkle trees,
signed checkpoints, sealed secrets, and the two files that leave the house (an exported log, an evidence file)."""
