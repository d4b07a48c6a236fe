"""Which models there are."""

from typing import Annotated

from fastapi import APIRouter, Path

from application.provider_names import resolved
from domain.errors import ModelNotFound
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, Services
from entrypoints.openai.documentation import ERRORS
from entrypoints.openai.schemas import ModelOut, ModelsOut

router = APIRouter(prefix="/v1", tags=["openai"], responses=ERRORS)

ModelPath = Annotated[str, Path(examples=["demo:parrot"])]


@router.get("/models", summary="List the models")
async def list_models(services: Services, caller: Caller) -> ModelsOut:
    """Those that are configured. A provider may know more: any name that it takes can be asked for."""
    return ModelsOut(data=[_model(services, name) for name in _names(services)])


@router.get("/models/{model:path}", summary="Look at one model")
async def get_model(model: ModelPath, services: Services, caller: Caller) -> ModelOut:
    """By its full name, or by its name alone when it is the default provider's."""
    settings = services.settings()
    for default in (settings.default_model, settings.default_embedding_model):
        full_name = ":".join(resolved(model, services.language_models(), default))
        if full_name in _names(services):
            return _model(services, full_name, id=model)
    raise ModelNotFound(model)


def _names(services: Container) -> list[str]:
    return list(dict.fromkeys([*services.model().models(), services.settings().default_embedding_model]))


def _model(services: Container, name: str, id: str | None = None) -> ModelOut:
    info = services.catalogue().model(name)
    return ModelOut(
        id=id or name,
        owned_by=name.partition(":")[0],
        context_window=info.context_tokens,
        max_output_tokens=info.max_output_tokens,
    )
