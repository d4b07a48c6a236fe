"""How a list says where its next page is."""

from fastapi import Request, Response


def link_next(request: Request, response: Response, *, before: int) -> None:
    """`Link: rel="next"` to the same list, below the id `before`."""
    url = request.url.include_query_params(before=before)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
