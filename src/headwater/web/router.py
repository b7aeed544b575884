"""From a method and a path to a route: a tree of segments, literal ones before parameters."""

from collections.abc import Iterable

from headwater.kernel.errors import MethodNotAllowedError, NotFoundError
from headwater.web.route import Route


class Node:
    """One segment of the tree: the literal segments and the parameter after it, the methods that end here."""

    __slots__ = ("literals", "methods", "names", "parameter")

    def __init__(self) -> None:
        """Start with no way on."""
        self.literals: dict[str, Node] = {}
        self.parameter: Node | None = None
        self.methods: dict[str, Route] = {}
        self.names: dict[str, tuple[str, ...]] = {}


class Router:
    """The tree of all routes of one application. Two routes of one method and path are refused at start."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Build the tree once."""
        self._root = Node()
        self._exact: dict[str, Node] = {}
        for route in routes:
            self._add(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and the values of its parameters.

        No such path is NotFoundError `route_unknown`; a path without this method is MethodNotAllowedError
        `method_not_allowed` with `Allow`. HEAD finds the route of GET.
        """
        values: list[str] = []
        node = self._exact.get(path) or _walk(self._root, path.split("/"), 1, values)
        if node is None or "\0" in path:
            raise NotFoundError("route_unknown", f"There is nothing at {path[:200]}.", hint="See /docs.")
        method = method if method in node.methods else {"HEAD": "GET"}.get(method, method)
        route = node.methods.get(method)
        if route is None:
            raise _not_allowed(method, path, node)
        return route, dict(zip(node.names[method], values, strict=True)) if values else {}

    def node(self, path: str) -> Node | None:
        """What ends at a path, whatever the method; None when nothing does."""
        return self._exact.get(path) or _walk(self._root, path.split("/"), 1, [])

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        for segment in route.path.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, Node())
        if route.method in node.methods:
            raise ValueError(f"Two routes for {route.method} {route.path}")
        node.methods[route.method] = route
        node.names[route.method] = tuple(names)
        if not names:
            self._exact[route.path] = node


def _walk(node: Node, segments: list[str], at: int, values: list[str]) -> Node | None:
    if at == len(segments):
        return node if node.methods else None
    segment = segments[at]
    following = node.literals.get(segment)
    if following is not None:
        found = _walk(following, segments, at + 1, values)
        if found is not None:
            return found
    if node.parameter is None or not segment:
        return None
    values.append(segment)
    found = _walk(node.parameter, segments, at + 1, values)
    if found is None:
        values.pop()
    return found


def allowed_methods(node: Node) -> str:
    """The value of `Allow`: the methods of a path, HEAD beside GET, OPTIONS always."""
    names = set(node.methods) | {"OPTIONS"} | ({"HEAD"} if "GET" in node.methods else set())
    return ", ".join(sorted(names))


def _not_allowed(method: str, path: str, node: Node) -> MethodNotAllowedError:
    allowed = allowed_methods(node)
    return MethodNotAllowedError(
        "method_not_allowed",
        f"{path[:200]} does not answer {method}; it answers {allowed}.",
        headers={"allow": allowed},
    )
