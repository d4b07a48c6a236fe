"""Is the process alive, and can it do its work."""

from fastapi import APIRouter

from domain import errors
from domain.circuit import CircuitState
from entrypoints.http.dependencies import Services
from entrypoints.http.documentation import only

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="Is the process alive")
async def live() -> dict[str, str]:
    """200 as long as the process answers, whatever else is away."""
    return {"status": "alive"}


@router.get("/ready", responses=only(errors.ServerStopping, errors.StorageUnavailable), summary="Can it do its work")
async def ready(services: Services) -> dict[str, str | dict[str, str]]:
    """503 with the reason while the database does not answer, could not be written lately, or the server is stopping.

    `providers` names those that failed many times in a row: `open` while they are left alone, `half_open` when one call
    may try them. Others answer all the same.
    """
    worker = services.worker()
    if worker.draining:
        raise errors.ServerStopping
    try:
        await services.database().ping()
    except errors.StorageFull as full:
        raise errors.StorageUnavailable(str(full)) from full  # who asks whether it is ready understands 503
    if worker.trouble:
        raise errors.StorageUnavailable(str(worker.trouble))
    breakers = services.provider_set().breakers.values()
    away = {breaker.provider: breaker.state.value for breaker in breakers if breaker.state is not CircuitState.CLOSED}
    return {"status": "ready", **({"providers": away} if away else {})}
