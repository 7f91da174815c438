"""Sources that no index has: commits of git repositories, and where all sources lie."""
