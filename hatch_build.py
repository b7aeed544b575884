"""Build the user interface into the package when it is stale; until it exists there is nothing to do."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class UserInterfaceHook(BuildHookInterface):
    """The hook that hatchling finds in this file."""
