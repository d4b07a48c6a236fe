import type { ReactNode } from 'react'

const icon = (shape: ReactNode) => () => (
  <svg width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
    {shape}
  </svg>
)

export const SendIcon = icon(<path d="M12 19V5M6 11l6-6 6 6" />)
export const StopIcon = icon(<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor" />)
export const MenuIcon = icon(<path d="M4 7h16M4 12h16M4 17h10" />)
export const NewIcon = icon(<path d="M12 5v14M5 12h14" />)
export const CloseIcon = icon(<path d="M6 6l12 12M18 6L6 18" />)
export const CopyIcon = icon(
  <>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M5 15V6a2 2 0 0 1 2-2h8" />
  </>,
)
export const LinkIcon = icon(<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.200 1.200M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.200-1.200" />)
export const DoneIcon = icon(<path d="M5 12.5l4.500 4.500L19 7.500" />)
export const AgainIcon = icon(<path d="M19 12a7 7 0 1 1-2.200-5.100M19 4v4h-4" />)
export const EditIcon = icon(<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4" />)
export const BackIcon = icon(<path d="M14 6l-6 6 6 6" />)
export const ForthIcon = icon(<path d="M10 6l6 6-6 6" />)
export const DownIcon = icon(<path d="M12 5v14M6 13l6 6 6-6" />)
export const SettingsIcon = icon(<path d="M4 7h9M19 7h1M4 17h1M11 17h9M16 4.500v5M8 14.500v5" />)
export const MoreIcon = icon(<path d="M5.500 12h.01M12 12h.01M18.500 12h.01" strokeWidth="2.800" />)
export const ArchiveIcon = icon(<path d="M4 8v11h16V8M3 4h18v4H3zM10 12h4" />)
export const AttachIcon = icon(<path d="M19 11.500l-7 7a4.500 4.500 0 0 1-6.400-6.400l7.500-7.500a3 3 0 0 1 4.300 4.300l-7.400 7.300a1.500 1.500 0 0 1-2.100-2.100l6.600-6.500" />)
export const ToolsIcon = icon(<path d="M14.500 6.500a4 4 0 0 0-5.300 5L4 16.700V20h3.300l5.200-5.200a4 4 0 0 0 5-5.300L15 12l-3-3z" />)
export const DocumentIcon = icon(<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6" />)
export const FlowIcon = icon(
  <>
    <rect x="3" y="4" width="7" height="5" rx="1.500" />
    <rect x="14" y="15" width="7" height="5" rx="1.500" />
    <path d="M6.500 9v3.500a2 2 0 0 0 2 2H14" />
  </>,
)
export const AdminIcon = icon(<path d="M12 3l7 3v5c0 4.500-3 8-7 10-4-2-7-5.500-7-10V6z" />)
export const KeyboardIcon = icon(<path d="M3 7h18v10H3zM7 10.500h.01M11 10.500h.01M15 10.500h.01M8 14h8" />)
