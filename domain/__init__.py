"""The rules of Parley, in its own words; standard library only.

The words (the glossary that every name in the code follows):

Conversation  one owner's thread: a tree of messages and a head; a branch is a path to the root
Message       a role and parts, with a parent; written once: a question when it is asked, an answer when its run ends
Part          Text, Reasoning, ToolCall, ToolResult, Image or File; provider_state rides along, tagged with its maker
Turn          a question with what goes before it, the place kept for its answer, and the run that writes it;
              made in one transaction
Run           one piece of long work for an owner; queued, running, waiting, completed, incomplete, failed, cancelled
RunEvent      a fact about a run, numbered from 1 without a gap, appended once, never changed
Worker        a process that runs runs; they are its own by fence, for as long as it beats
Reset         the fact that an answer begins anew: another worker asks the model again, or only the whole is kept
Tool          a thing the model may call; Parley runs it and goes on, or the caller does and the result is the next turn
Step          one effect of a run: intent, then result; a run with tools or a workflow has several
Approval      a question to a person about one call of a tool; exactly one decision wins
Session       an agent's conversation
Workflow      named steps with prompts and needs; those whose needs are met run side by side
Workflow      steps that ask a model or a person, with prompts, needs, inputs and outputs; those whose needs are met run
              side by side
Document      what somebody uploaded: its bytes are a Blob, its text a Reading, cut into Chunks that searches find
Generation    all vectors of one model; another is built beside the current one and then takes its place
VectorStore   a named set of one's documents, each with attributes that searches in it choose by
Principal     who is asking, which owner the answer belongs to, and what they may do
User          a person with a name and a password; owns what it makes, as does the local owner where nobody logs in
Login         one proof of a password, and the tokens that come of it until it ends
ApiKey        a secret that stands for its owner, for some scopes, until it is revoked
Provider      who runs models; `provider:model` is one of them, and the catalogue has what is known of it
Fallback      a model that is asked when another fails before its first words
Circuit       whether a provider is asked at all: after faults in a row it has a pause
Usage         what one provider call cost, as the provider reported it
Ledger        a line for each provider call: who asked, for what, which model, what it used and what that costs
Charge        on whose account a provider is called, and for what; it goes with every request
Limit         how much a key, a user or everybody may use in a window, or have open at once
Reservation   what a call of a model may cost at most; afterwards it is settled with what it did cost
Citation      a pointer from an answer into a document: number, page, span, the words there, and whether they were found
Grounding     what an answer has to rest on: passages of some documents, or of all the owner's
"""
